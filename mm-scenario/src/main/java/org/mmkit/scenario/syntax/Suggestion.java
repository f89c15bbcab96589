package org.mmkit.scenario.syntax;

import java.util.Collection;

/** The known word nearest to one that is not known. */
final class Suggestion {

    private static final int LONGEST = 40;

    private Suggestion() {}

    /** {@code "; did you mean X?"}, or nothing when no word is within two letters. */
    static String among(Collection<String> words, String wrong) {
        String best = "";
        int least = 3;
        for (String word : words) {
            int distance = wrong.length() > LONGEST ? least : distance(word, wrong);
            if (distance < least || distance == least && !best.isEmpty() && word.compareTo(best) < 0) {
                least = distance;
                best = word;
            }
        }
        return best.isEmpty() ? "" : "; did you mean " + best + "?";
    }

    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int corner = above[0];
            above[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                corner = above[j];
                above[j] = Math.min(replaced, Math.min(above[j], above[j - 1]) + 1);
            }
        }
        return above[b.length()];
    }
}
