package io.headrace.router.auth;

import java.net.InetAddress;
import java.util.regex.Pattern;

/**
 * A CIDR block. Host names are never looked up, and an IPv4 address inside an IPv6 one is that IPv4
 * address.
 */
final class AddressRange {
    private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private final byte[] network;
    private final int bits;

    private AddressRange(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /**
     * @throws IllegalArgumentException it is not one
     */
    static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        var network = address(slash < 0 ? text : text.substring(0, slash));
        int whole = network.length * Byte.SIZE;
        int bits = slash < 0 ? whole : Integer.parseInt(text, slash + 1, text.length(), 10);
        if (bits < 0 || bits > whole) {
            throw new IllegalArgumentException("not a prefix length");
        }
        return new AddressRange(network, bits);
    }

    /**
     * @throws IllegalArgumentException the text is not an address
     */
    boolean contains(String text) {
        var address = address(text);
        if (address.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            if (((address[bit / Byte.SIZE] ^ network[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] address(String text) {
        if (!V4.matcher(text).matches() && text.indexOf(':') < 0) {
            throw new IllegalArgumentException("not an address");
        }
        return InetAddress.ofLiteral(text).getAddress();
    }
}
