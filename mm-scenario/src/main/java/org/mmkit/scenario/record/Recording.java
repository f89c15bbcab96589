package org.mmkit.scenario.record;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rows of JSON, one object a line: what a kernel answered to a scenario. */
public final class Recording {

    private static final Gson GSON = new Gson();

    private Recording() {}

    /** Reads the rows of {@code file}. */
    public static List<JsonObject> read(Path file) throws IOException, RecordingException {
        try {
            return parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
        } catch (CharacterCodingException e) {
            throw new RecordingException(file + ": this is not text");
        }
    }

    /** The rows in {@code text}; messages call it {@code name}. */
    public static List<JsonObject> parse(String name, String text) throws RecordingException {
        List<JsonObject> rows = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                JsonElement row = JsonParser.parseString(line);
                if (!row.isJsonObject()) {
                    throw new RecordingException(name + ":" + number + ": expected a JSON object");
                }
                rows.add(row.getAsJsonObject());
            } catch (JsonParseException e) {
                throw new RecordingException(name + ":" + number + ": no JSON: " + e.getMessage());
            }
        }
        return rows;
    }

    /** {@code element} as one line of JSON, without the newline. */
    public static String line(JsonElement element) {
        StringWriter text = new StringWriter();
        JsonWriter writer = new JsonWriter(text);
        writer.setHtmlSafe(false);
        GSON.toJson(element, writer);
        return text.toString();
    }
}
