package io.headrace.router.auth;

/**
 * For a node without credentials, which listens on loopback only: everybody is the account's root,
 * whatever the Authorization header says or whether there is one. Any thread may call it.
 */
public final class AnonymousAuthenticator implements Authenticator {
    private final Caller root;

    public AnonymousAuthenticator(String accountId) {
        this.root = Caller.root(accountId);
    }

    @Override
    public Caller authenticate(SignedRequest request) {
        return root;
    }
}
