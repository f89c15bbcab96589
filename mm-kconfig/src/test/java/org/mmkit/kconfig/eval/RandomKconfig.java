package org.mmkit.kconfig.eval;

import java.util.Random;
import org.mmkit.kconfig.model.SymbolType;

/** Random Kconfig texts without cycles: each symbol refers to earlier ones only. */
public final class RandomKconfig {

    private static final String[] TYPES = {"bool", "bool", "tristate", "tristate", "int", "string"};

    private RandomKconfig() {
    }

    public static String text(Random random, int symbols) {
        StringBuilder out = new StringBuilder("config MODULES\n\tbool \"modules\"\n\tmodules\n\tdefault y\n");
        String[] types = new String[symbols];
        int i = 0;
        while (i < symbols) {
            if (random.nextInt(8) == 0 && i + 4 < symbols) {
                out.append("choice\n\tprompt \"c").append(i).append("\"\n");
                if (random.nextBoolean()) {
                    out.append("\tdefault S").append(i + random.nextInt(3)).append('\n');
                }
                int first = i;
                for (; i < first + 3; i++) {
                    types[i] = "bool";
                    out.append("config S").append(i).append("\n\tbool \"s\"\n");
                    depends(out, random, first, types);
                }
                out.append("endchoice\n");
                continue;
            }
            String type = TYPES[random.nextInt(TYPES.length)];
            types[i] = type;
            out.append("config S").append(i).append("\n\t").append(type);
            if (random.nextInt(4) > 0) {
                out.append(" \"prompt\"");
                if (random.nextInt(3) == 0 && i > 0) {
                    out.append(" if ").append(expression(random, i, types, 2));
                }
            }
            out.append('\n');
            depends(out, random, i, types);
            logic(out, random, i, symbols, type, types);
            i++;
        }
        return out.toString();
    }

    private static void logic(StringBuilder out, Random random, int i, int symbols, String type, String[] types) {
        boolean logical = type.equals("bool") || type.equals("tristate");
        for (int k = random.nextInt(3); k > 0; k--) {
            out.append("\tdefault ").append(logical ? random.nextBoolean() ? "y" : expression(random, i, types, 1)
                    : type.equals("int") ? String.valueOf(random.nextInt(90)) : "\"t" + random.nextInt(9) + "\"");
            if (random.nextBoolean() && i > 0) {
                out.append(" if ").append(expression(random, i, types, 2));
            }
            out.append('\n');
        }
        if (type.equals("int") && random.nextBoolean()) {
            out.append("\trange ").append(random.nextInt(40)).append(' ').append(40 + random.nextInt(40)).append('\n');
        }
        if (logical && random.nextInt(3) == 0 && i + 1 < symbols) {
            // Later symbols only, so that no cycle arises; members of choices ignore it.
            out.append(random.nextBoolean() ? "\tselect S" : "\timply S")
                    .append(i + 1 + random.nextInt(symbols - i - 1)).append('\n');
        }
    }

    private static void depends(StringBuilder out, Random random, int i, String[] types) {
        if (i > 0 && random.nextInt(2) == 0) {
            out.append("\tdepends on ").append(expression(random, i, types, 3)).append('\n');
        }
    }

    private static String expression(Random random, int below, String[] types, int depth) {
        int kind = depth == 0 || below == 0 ? 0 : random.nextInt(6);
        if (below == 0) {
            return random.nextBoolean() ? "y" : "m";
        }
        int s = random.nextInt(below);
        return switch (kind) {
            case 1 -> "(" + expression(random, below, types, depth - 1) + " && "
                    + expression(random, below, types, depth - 1) + ")";
            case 2 -> "(" + expression(random, below, types, depth - 1) + " || "
                    + expression(random, below, types, depth - 1) + ")";
            case 3 -> "!" + expression(random, below, types, depth - 1);
            case 4 -> "S" + s + (random.nextBoolean() ? " = " : " != ") + (random.nextBoolean() ? "y" : "m");
            case 5 -> "S" + s + (random.nextBoolean() ? " < " : " >= ") + random.nextInt(60);
            default -> random.nextInt(12) == 0 ? "m" : "S" + s;
        };
    }

    static String value(Random random, SymbolType type) {
        return switch (type) {
            case BOOL -> random.nextBoolean() ? "y" : "n";
            case TRISTATE -> String.valueOf("nmy".charAt(random.nextInt(3)));
            case INT -> String.valueOf(random.nextInt(99));
            default -> "v" + random.nextInt(9);
        };
    }
}
