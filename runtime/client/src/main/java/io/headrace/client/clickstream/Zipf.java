package io.headrace.client.clickstream;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Picks 0 to n-1, low numbers much more often: rank r with a weight of 1/(r+1)^exponent. */
final class Zipf {
    private final double[] cumulated;

    Zipf(int n, double exponent) {
        cumulated = new double[n];
        double sum = 0;
        for (int rank = 0; rank < n; rank++) {
            sum += Math.pow(rank + 1, -exponent);
            cumulated[rank] = sum;
        }
    }

    int pick(RandomGenerator random) {
        double point = random.nextDouble() * cumulated[cumulated.length - 1];
        int found = Arrays.binarySearch(cumulated, point);
        return Math.min(found < 0 ? -found - 1 : found, cumulated.length - 1);
    }
}
