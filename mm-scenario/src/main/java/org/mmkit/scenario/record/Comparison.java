package org.mmkit.scenario.record;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How far a model's rows agree with a kernel's.
 *
 * <p>An observation is one row of the kernel's recording. It is identical when the line number, the kind and every field
 * agree; a field that is zero or empty may be left out. A scenario is identical when all its observations are and
 * the model has no more of them. Immutable.
 *
 * @param observations rows of the kernel
 * @param identical those that the model has too
 * @param surplus rows of the model without a counterpart
 * @param differences one line of text for each that is not identical, in order
 */
public record Comparison(int observations, int identical, int surplus, List<Difference> differences) {

    private static final Set<String> KEPT = Set.of("line", "ret", "start", "values");
    private static final JsonPrimitive ZERO = new JsonPrimitive(0);
    private static final int SHOWN = 3;

    public Comparison {
        differences = List.copyOf(differences);
    }

    /** One row that differs. */
    public record Difference(int line, String kind, String what) {}

    /** Whether the scenario is identical. */
    public boolean isIdentical() {
        return identical == observations && surplus == 0;
    }

    /** Compares; fields named in {@code ignored} are left out wherever they occur. */
    public static Comparison of(List<JsonObject> kernel, List<JsonObject> model, Set<String> ignored) {
        Map<String, JsonObject> unmatched = new LinkedHashMap<>();
        Map<String, Integer> seen = new HashMap<>();
        for (JsonObject row : model) {
            unmatched.put(key(row, seen), row);
        }
        seen.clear();
        int identical = 0;
        List<Difference> differences = new ArrayList<>();
        for (JsonObject row : kernel) {
            JsonObject answer = unmatched.remove(key(row, seen));
            if (answer == null) {
                differences.add(new Difference(lineOf(row), kindOf(row), "missing"));
                continue;
            }
            JsonElement want = plain(row, ignored);
            JsonElement got = plain(answer, ignored);
            if (same(want, got)) {
                identical++;
            } else {
                List<String> places = new ArrayList<>();
                describe(want, got, "", places);
                differences.add(new Difference(lineOf(row), kindOf(row),
                        String.join("; ", places.subList(0, Math.min(SHOWN, places.size())))));
            }
        }
        for (JsonObject row : unmatched.values()) {
            differences.add(new Difference(lineOf(row), kindOf(row), "not in the recording"));
        }
        return new Comparison(kernel.size(), identical, unmatched.size(), differences);
    }

    private static String key(JsonObject row, Map<String, Integer> seen) {
        String place = lineOf(row) + " " + kindOf(row);
        return place + " " + seen.merge(place, 1, Integer::sum);
    }

    private static int lineOf(JsonObject row) {
        JsonElement line = row.get("line");
        return line != null && line.isJsonPrimitive() && line.getAsJsonPrimitive().isNumber() ? line.getAsInt() : 0;
    }

    private static String kindOf(JsonObject row) {
        JsonElement kind = row.get("kind");
        return kind != null && kind.isJsonPrimitive() ? kind.getAsString() : "";
    }

    private static JsonElement plain(JsonElement value, Set<String> ignored) {
        if (value.isJsonObject()) {
            JsonObject out = new JsonObject();
            for (Map.Entry<String, JsonElement> field : value.getAsJsonObject().entrySet()) {
                JsonElement inside = plain(field.getValue(), ignored);
                if (!ignored.contains(field.getKey()) && (KEPT.contains(field.getKey()) || !isZero(inside))) {
                    out.add(field.getKey(), inside);
                }
            }
            return out;
        }
        if (value.isJsonArray()) {
            JsonArray out = new JsonArray();
            for (JsonElement element : value.getAsJsonArray()) {
                out.add(plain(element, ignored));
            }
            return out;
        }
        return value;
    }

    private static boolean isZero(JsonElement value) {
        if (value.isJsonNull()) {
            return true;
        }
        if (!value.isJsonPrimitive()) {
            return false;
        }
        JsonPrimitive primitive = value.getAsJsonPrimitive();
        if (primitive.isNumber()) {
            return number(primitive).signum() == 0;
        }
        return primitive.isBoolean() ? !primitive.getAsBoolean() : primitive.getAsString().isEmpty();
    }

    private static BigDecimal number(JsonPrimitive primitive) {
        return primitive.getAsBigDecimal();
    }

    private static boolean same(JsonElement a, JsonElement b) {
        if (a.isJsonObject() && b.isJsonObject()) {
            JsonObject left = a.getAsJsonObject();
            JsonObject right = b.getAsJsonObject();
            return left.size() == right.size()
                    && left.entrySet().stream().allMatch(f -> right.has(f.getKey()) && same(f.getValue(), right.get(f.getKey())));
        }
        if (a.isJsonArray() && b.isJsonArray()) {
            JsonArray left = a.getAsJsonArray();
            JsonArray right = b.getAsJsonArray();
            boolean same = left.size() == right.size();
            for (int i = 0; same && i < left.size(); i++) {
                same = same(left.get(i), right.get(i));
            }
            return same;
        }
        if (a.isJsonPrimitive() && b.isJsonPrimitive()) {
            JsonPrimitive left = a.getAsJsonPrimitive();
            JsonPrimitive right = b.getAsJsonPrimitive();
            return left.isNumber() && right.isNumber() ? number(left).compareTo(number(right)) == 0 : left.equals(right);
        }
        return a.equals(b);
    }

    /** Adds the places where {@code kernel} and {@code model} differ; lists of other lengths and page runs whole. */
    private static void describe(JsonElement kernel, JsonElement model, String where, List<String> places) {
        if (kernel.isJsonObject() && model.isJsonObject()) {
            Set<String> names = new LinkedHashSet<>(kernel.getAsJsonObject().keySet());
            names.addAll(model.getAsJsonObject().keySet());
            for (String name : names) {
                describe(field(kernel, name), field(model, name), where + "." + name, places);
            }
        } else if (kernel.isJsonArray() && model.isJsonArray() && !where.equals(".runs")
                && kernel.getAsJsonArray().size() == model.getAsJsonArray().size()) {
            for (int i = 0; i < kernel.getAsJsonArray().size(); i++) {
                describe(kernel.getAsJsonArray().get(i), model.getAsJsonArray().get(i), where + "[" + i + "]", places);
            }
        } else if (!same(kernel, model)) {
            places.add((where.startsWith(".") ? where.substring(1) : where) + ": kernel " + Recording.line(kernel)
                    + ", model " + Recording.line(model));
        }
    }

    private static JsonElement field(JsonElement object, String name) {
        JsonElement value = object.getAsJsonObject().get(name);
        return value == null ? ZERO : value;
    }
}
