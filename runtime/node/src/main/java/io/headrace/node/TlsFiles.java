package io.headrace.node;

import io.headrace.node.settings.Settings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Looks at the PEM files of the TLS port before it is opened: TLS itself would take a key of
 * another certificate and fail each handshake, and says of a broken file neither which nor why.
 */
final class TlsFiles {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");
    private static final byte[] SAMPLE = "headrace".getBytes(StandardCharsets.US_ASCII);

    private TlsFiles() {}

    /**
     * Checks that both files can be read and belong together.
     *
     * @throws IOException naming the setting and its file
     */
    static void check(Settings.Tls tls) throws IOException {
        var certificate = certificate(tls.certificate());
        var key = key(tls.key(), certificate);
        if (!belong(key, certificate)) {
            throw new IOException(
                    "tls-key %s is not the key of the certificate in tls-cert %s"
                            .formatted(tls.key(), tls.certificate()));
        }
    }

    /** The chain's first, which is the server's own. */
    private static PublicKey certificate(Path file) throws IOException {
        var bytes = read("tls-cert", file);
        try {
            var chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes));
            if (!chain.isEmpty()) {
                return chain.iterator().next().getPublicKey();
            }
        } catch (GeneralSecurityException e) {
            throw unreadable("tls-cert", file, "is no PEM certificate", e);
        }
        throw new IOException("tls-cert " + file + " holds no PEM certificate");
    }

    private static PrivateKey key(Path file, PublicKey certificate) throws IOException {
        var text = new String(read("tls-key", file), StandardCharsets.ISO_8859_1);
        var found = KEY.matcher(text);
        if (!found.find()) {
            throw new IOException(
                    "tls-key %s holds no PEM key in PKCS #8 (-----BEGIN PRIVATE KEY-----)"
                            .formatted(file));
        }
        try {
            var encoded = Base64.getMimeDecoder().decode(found.group(1));
            return KeyFactory.getInstance(certificate.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Without the cause: its message may quote the key.
            throw new IOException(
                    "tls-key %s is no PEM key in PKCS #8 of the certificate's kind, %s"
                            .formatted(file, certificate.getAlgorithm()));
        }
    }

    private static byte[] read(String setting, Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException(setting + " " + file + ": there is no such file");
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(setting, file, "can't be read", e);
        }
    }

    private static IOException unreadable(String setting, Path file, String why, Exception cause) {
        return new IOException("%s %s %s: %s".formatted(setting, file, why, cause), cause);
    }

    private static boolean belong(PrivateKey key, PublicKey certificate) throws IOException {
        try {
            var scheme =
                    switch (certificate.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> certificate.getAlgorithm();
                    };
            var signing = Signature.getInstance(scheme);
            signing.initSign(key);
            signing.update(SAMPLE);
            var signed = signing.sign();
            signing.initVerify(certificate);
            signing.update(SAMPLE);
            return signing.verify(signed);
        } catch (GeneralSecurityException e) {
            throw new IOException("keys of the kind " + certificate.getAlgorithm() + ": " + e, e);
        }
    }
}
