package io.headrace.router.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate for localhost, made by the JDK's keytool. */
record TestCertificate(Path certificate, Path key, KeyStore store) {
    private static final String PASSWORD = "changeit";

    static TestCertificate create(Path directory)
            throws IOException, InterruptedException, GeneralSecurityException {
        var storeFile = directory.resolve("store.p12");
        var keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "front",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=dns:localhost,ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                storeFile.toString(),
                                "-storepass",
                                PASSWORD)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("keytool.log").toFile())
                        .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool: " + Files.readString(directory.resolve("keytool.log")));
        }
        var store = KeyStore.getInstance(storeFile.toFile(), PASSWORD.toCharArray());
        var key = store.getKey("front", PASSWORD.toCharArray());
        return new TestCertificate(
                pem(directory, "CERTIFICATE", store.getCertificate("front").getEncoded()),
                pem(directory, "PRIVATE KEY", key.getEncoded()),
                store);
    }

    /** What a client trusts that knows this certificate alone. */
    SSLContext trusted() throws GeneralSecurityException {
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static Path pem(Path directory, String kind, byte[] encoded) throws IOException {
        var text =
                "-----BEGIN "
                        + kind
                        + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                        + "\n-----END "
                        + kind
                        + "-----\n";
        return Files.writeString(directory.resolve(kind.replace(' ', '-') + ".pem"), text);
    }
}
