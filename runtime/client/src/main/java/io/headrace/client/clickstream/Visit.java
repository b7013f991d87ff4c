package io.headrace.client.clickstream;

import java.time.Instant;
import java.util.Comparator;

/** A visitor on the way through the shop; mutable, owned by its {@link Clickstream}. */
final class Visit {
    static final Comparator<Visit> BY_NEXT =
            Comparator.comparing((Visit visit) -> visit.next).thenComparing(visit -> visit.session);

    final String user;
    final String session;
    final String agent;
    final String address;
    final String country;
    Instant next;
    String page;
    String referrer;
    int step;
    int cartItems;
    long cartCents;
    int product;

    Visit(
            String user,
            String session,
            String agent,
            String address,
            String country,
            String referrer,
            String page,
            Instant next) {
        this.user = user;
        this.session = session;
        this.agent = agent;
        this.address = address;
        this.country = country;
        this.referrer = referrer;
        this.page = page;
        this.next = next;
    }
}
