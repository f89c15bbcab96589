package org.mmkit.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.mmkit.scenario.syntax.Scenario;

/** Shows the rows of a run to a person, each beside the line that it belongs to. */
final class ScenarioPrinter {

    private static final int LONGEST_SOURCE = 60;
    private static final Set<String> FRAME = Set.of("line", "kind", "op");

    private final Scenario scenario;
    private final PrintWriter out;

    ScenarioPrinter(Scenario scenario, PrintWriter out) {
        this.scenario = scenario;
        this.out = out;
    }

    /** Prints {@code row}. */
    void print(JsonObject row) {
        int line = row.get("line").getAsInt();
        String source = scenario.source(line);
        String kind = row.get("kind").getAsString();
        String shown = source.length() > LONGEST_SOURCE ? source.substring(0, LONGEST_SOURCE - 1) + "…" : source;
        out.printf("%4d  %-" + LONGEST_SOURCE + "s  %s%n", line, shown, answer(kind, row));
        printDetails(kind, row, out);
    }

    /** Prints what {@code row} says, without the line it answers. */
    static void printAnswer(JsonObject row, PrintWriter out) {
        String kind = row.get("kind").getAsString();
        String answer = answer(kind, row);
        if (!answer.isEmpty()) {
            out.println(answer);
        }
        printDetails(kind, row, out);
    }

    private static void printDetails(String kind, JsonObject row, PrintWriter out) {
        if (kind.equals("smaps")) {
            row.getAsJsonArray("vmas").forEach(area -> out.println("        " + fields(area.getAsJsonObject(), Set.of())));
        } else if (kind.equals("pagemap")) {
            for (JsonElement run : row.getAsJsonArray("runs")) {
                out.printf("        %7d  %s%n", run.getAsJsonArray().get(1).getAsLong(), run.getAsJsonArray().get(0).getAsString());
            }
        }
    }

    private static String answer(String kind, JsonObject row) {
        if (row.has("errno")) {
            return "-1 " + row.get("errno").getAsString();
        }
        switch (kind) {
            case "call":
                return "= " + row.get("ret").getAsString();
            case "cat":
                return row.get("value").getAsString();
            case "smaps":
                return row.getAsJsonArray("vmas").size() + " areas";
            case "pagemap":
                return "";
            case "load":
                return row.has("values") ? values(row.getAsJsonArray("values")) + ", " + row.get("faults").getAsLong() + " faults" : fields(row, FRAME);
            case "vmstat":
            case "mthp":
                return fields(row.getAsJsonObject("delta"), Set.of());
            default:
                return fields(row, FRAME);
        }
    }

    private static String values(JsonArray runs) {
        StringJoiner text = new StringJoiner(", ");
        for (JsonElement run : runs) {
            text.add(run.getAsJsonArray().get(0).getAsLong() + " x " + run.getAsJsonArray().get(1).getAsInt());
        }
        return text.toString();
    }

    private static String fields(JsonObject object, Set<String> without) {
        StringJoiner text = new StringJoiner(" ");
        for (Map.Entry<String, JsonElement> field : object.entrySet()) {
            if (!without.contains(field.getKey())) {
                text.add(field.getKey() + "=" + field.getValue().getAsString());
            }
        }
        return text.toString();
    }
}
