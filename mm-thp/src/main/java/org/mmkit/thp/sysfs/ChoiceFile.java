package org.mmkit.thp.sysfs;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.mmkit.api.Errno;
import org.mmkit.api.file.PseudoFile;

/** One word out of several; reading shows all, the one in force in brackets. */
final class ChoiceFile implements PseudoFile {

    private final List<String> words;
    private final Supplier<String> value;
    private final ToIntFunction<String> change;

    /** {@code change} gets one of {@code words} and answers 0 or a negated error number. */
    ChoiceFile(List<String> words, Supplier<String> value, ToIntFunction<String> change) {
        this.words = words;
        this.value = value;
        this.change = change;
    }

    @Override
    public String read() {
        String chosen = value.get();
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            if (line.length() > 0) {
                line.append(' ');
            }
            line.append(word.equals(chosen) ? "[" + word + "]" : word);
        }
        return line.append('\n').toString();
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public int write(String text) {
        String word = Numbers.line(text);
        return words.contains(word) ? change.applyAsInt(word) : -Errno.EINVAL;
    }
}
