package io.millrace.bench.report;

/** Student's t distribution: how far a mean of few figures may be from what it stands for. Stateless. */
final class StudentT {
    /** Even, as Simpson's rule wants it; the error is far below what a figure here is worth. */
    private static final int STEPS = 4_000;

    private static final int HALVINGS = 60;

    private StudentT() {}

    /**
     * The value that lies above a share of the distribution: 0.975 for an interval of 95 % on both sides.
     *
     * <p>With t = √ν·tan θ the density becomes cos^(ν−1) θ, up to a constant that a quotient of two integrals has no need of.
     *
     * @param share 0.5 to 1, both left out.
     * @param freedom ν, the degrees of freedom, 1 or more; not always whole.
     */
    static double quantile(final double share, final double freedom) {
        final double wanted = (2 * share - 1) * area(Math.PI / 2, freedom);
        double low = 0;
        double high = Math.PI / 2;
        for (int i = 0; i < HALVINGS; i++) {
            final double middle = (low + high) / 2;
            if (area(middle, freedom) < wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.sqrt(freedom) * Math.tan(low);
    }

    private static double area(final double end, final double freedom) {
        final double step = end / STEPS;
        double sum = 0;
        for (int i = 0; i <= STEPS; i++) {
            final int weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.pow(Math.max(0, Math.cos(i * step)), freedom - 1);
        }
        return sum * step / 3;
    }
}
