import java.util.ArrayDeque;

public class Retain {
    public static void main(String[] arguments) {
        ArrayDeque<byte[]> kept = new ArrayDeque<>();
        long sum = 0;
        for (int i = 0; i < 120_000; i++) {
            byte[] b = new byte[1000 + i % 500];
            b[i % 1000] = 1;
            sum += b.length;
            if (i % 4 == 0) {
                kept.add(b);
            }
            if (kept.size() > 20_000) {
                kept.poll();
            }
        }
        System.out.println(sum + kept.size());
    }
}
