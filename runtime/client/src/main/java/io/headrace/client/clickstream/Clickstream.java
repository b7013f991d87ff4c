package io.headrace.client.clickstream;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The clicks of a web shop, without end and in the order of their times: visits of skewed users
 * (Zipf), each a walk from a referrer over listings and products to, sometimes, an order, with
 * log-normal pauses in between. The same seed and start give the same clicks. One thread.
 */
public final class Clickstream {
    private static final int USERS = 20_000;
    private static final int PRODUCTS = 2_000;
    private static final double VISITS_PER_SECOND = 4;
    private static final List<String> CATEGORIES =
            List.of("shoes", "jackets", "books", "garden", "kitchen", "bikes", "toys", "audio");
    private static final List<String> QUERIES =
            List.of("rain jacket", "trail shoes", "espresso", "headphones", "usb-c hub", "tent");
    private static final List<String> COUNTRIES =
            List.of("DE", "US", "FR", "GB", "NL", "PL", "ES", "IT", "SE", "JP", "BR", "IN");
    private static final List<String> REFERRERS =
            List.of(
                    "https://www.google.com/",
                    "",
                    "https://www.bing.com/",
                    "https://www.instagram.com/",
                    "https://duckduckgo.com/",
                    "https://news.example.org/gifts-of-the-year",
                    "https://mail.example.net/newsletter?id=4711");
    private static final List<String> AGENTS =
            List.of(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
                            + " (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)"
                            + " Chrome/131.0.0.0 Mobile Safari/537.36",
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like"
                            + " Gecko) Chrome/131.0.0.0 Safari/537.36",
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_7) AppleWebKit/605.1.15 (KHTML, like"
                            + " Gecko) Version/18.1 Safari/605.1.15",
                    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0");

    private static final Zipf USERS_SKEW = new Zipf(USERS, 1.05);
    private static final Zipf PRODUCTS_SKEW = new Zipf(PRODUCTS, 0.9);
    private static final Zipf REFERRERS_SKEW = new Zipf(REFERRERS.size(), 1);
    private static final Zipf AGENTS_SKEW = new Zipf(AGENTS.size(), 0.8);
    private static final Zipf COUNTRIES_SKEW = new Zipf(COUNTRIES.size(), 1);

    private final RandomGenerator random;
    private final PriorityQueue<Visit> visits = new PriorityQueue<>(Visit.BY_NEXT);
    private Instant nextArrival;

    public Clickstream(RandomGenerator random, Instant start) {
        this.random = random;
        this.nextArrival = start.truncatedTo(ChronoUnit.MILLIS);
    }

    /** The next click; its time is never before that of the one before. */
    public Click next() {
        while (visits.isEmpty() || !visits.peek().next.isBefore(nextArrival)) {
            visits.add(arrive());
            nextArrival = nextArrival.plusMillis(exponentialMs(1000 / VISITS_PER_SECOND));
        }
        var visit = visits.remove();
        var type = act(visit);
        var click =
                new Click(
                        visit.next, visit.user, visit.session, type, visit.page, json(visit, type));
        if (walkOn(visit, type)) {
            visits.add(visit);
        }
        return click;
    }

    private Visit arrive() {
        int rank = USERS_SKEW.pick(random);
        // What stays the same for a user is drawn from the user, what changes from the visit.
        var own = new SplittableRandom(rank);
        var referrer = REFERRERS.get(REFERRERS_SKEW.pick(random));
        var page =
                referrer.isEmpty() || random.nextInt(3) == 0
                        ? "/"
                        : "/p/" + PRODUCTS_SKEW.pick(random);
        return new Visit(
                "u-%05d".formatted(rank),
                Long.toHexString(random.nextLong()),
                AGENTS.get(AGENTS_SKEW.pick(own)),
                "203.0." + (113 + own.nextInt(4)) + "." + (1 + own.nextInt(254)),
                COUNTRIES.get(COUNTRIES_SKEW.pick(own)),
                referrer,
                page,
                nextArrival);
    }

    /** What the visitor does on this page. */
    private String act(Visit visit) {
        visit.step++;
        if (visit.page.startsWith("/p/")) {
            visit.product = Integer.parseInt(visit.page.substring(3));
            if (visit.step > 1 && random.nextInt(5) == 0) {
                visit.cartItems++;
                visit.cartCents += priceCents(visit.product);
                return "add_to_cart";
            }
            return "view_product";
        }
        return switch (visit.page) {
            case "/cart" -> "view_cart";
            case "/checkout" -> "checkout";
            case "/order/done" -> "purchase";
            default -> visit.page.startsWith("/search") ? "search" : "view_page";
        };
    }

    /** Takes the visitor to the next page; false if the visit is over. */
    private boolean walkOn(Visit visit, String type) {
        if (type.equals("purchase") || random.nextInt(100) < leavingPercent(type)) {
            return false;
        }
        visit.referrer = "https://shop.example.com" + visit.page;
        visit.page = nextPage(visit, type);
        // Log-normal with a median of eight seconds: most look briefly, a few stay for minutes.
        double pauseMs = 8_000 * Math.exp(random.nextGaussian());
        visit.next = visit.next.plusMillis(Math.round(Math.clamp(pauseMs, 200, 600_000)));
        return true;
    }

    private static int leavingPercent(String type) {
        return switch (type) {
            case "add_to_cart" -> 4;
            case "view_cart", "checkout" -> 20;
            default -> 16;
        };
    }

    private String nextPage(Visit visit, String type) {
        if (type.equals("checkout")) {
            return "/order/done";
        }
        if (type.equals("view_cart")) {
            return random.nextInt(3) > 0 ? "/checkout" : "/";
        }
        if (visit.cartItems > 0 && random.nextInt(4) == 0) {
            return "/cart";
        }
        int choice = random.nextInt(10);
        if (choice < 5) {
            return "/p/" + PRODUCTS_SKEW.pick(random);
        }
        if (choice < 8) {
            return "/c/" + CATEGORIES.get(random.nextInt(CATEGORIES.size()));
        }
        if (choice == 8) {
            var query = QUERIES.get(random.nextInt(QUERIES.size()));
            return "/search?q=" + query.replace(' ', '+');
        }
        return "/";
    }

    private String json(Visit visit, String type) {
        var text = new StringBuilder(512);
        text.append("{\"at\":\"").append(visit.next).append("\",\"type\":\"").append(type);
        text.append("\",\"user\":\"").append(visit.user);
        text.append("\",\"session\":\"").append(visit.session);
        text.append("\",\"step\":").append(visit.step);
        text.append(",\"page\":\"").append(visit.page);
        text.append("\",\"referrer\":\"").append(visit.referrer);
        text.append("\",\"agent\":\"").append(visit.agent);
        text.append("\",\"ip\":\"").append(visit.address);
        text.append("\",\"country\":\"").append(visit.country).append('"');
        if (type.equals("view_product") || type.equals("add_to_cart")) {
            text.append(",\"product\":{\"id\":").append(visit.product);
            text.append(",\"price\":").append(euros(priceCents(visit.product))).append('}');
        }
        if (visit.cartItems > 0) {
            text.append(",\"cart\":{\"items\":").append(visit.cartItems);
            text.append(",\"total\":").append(euros(visit.cartCents)).append('}');
        }
        return text.append('}').toString();
    }

    private static long priceCents(int product) {
        return 499 + Integer.toUnsignedLong(product * 0x9E3779B1) % 19_500;
    }

    private static String euros(long cents) {
        return String.format(Locale.ROOT, "%d.%02d", cents / 100, cents % 100);
    }

    private long exponentialMs(double meanMs) {
        return Math.round(-Math.log1p(-random.nextDouble()) * meanMs);
    }
}
