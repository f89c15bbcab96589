import java.util.HashMap;
import java.util.Map;

/** A service in small: a cache that is filled, hit and trimmed while garbage is made. */
public final class Churn {

    public static void main(String[] args) {
        Map<Integer, byte[]> cache = new HashMap<>();
        long seed = 42;
        long sum = 0;
        for (int i = 0; i < 400_000; i++) {
            seed = seed * 6364136223846793005L + 1442695040888963407L;
            int key = (int) (seed >>> 46);
            byte[] value = cache.computeIfAbsent(key & 0x1ffff, k -> new byte[64 + (k & 255)]);
            sum += value.length + String.valueOf(seed).hashCode() % 3;
            if ((i & 3) == 0) {
                cache.remove((int) (seed >>> 40) & 0x1ffff);
            }
        }
        System.out.println(cache.size() + " " + sum);
    }
}
