package org.mmkit.kconfig.lexer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.macro.MacroExpander;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.Dialect;

/**
 * Turns a stack of open files into tokens. Macro references are expanded on the way; an expansion is one word or part
 * of one text and is never read again.
 *
 * <p>Confined to one thread.
 */
public final class Lexer {

    static final int FNV_OFFSET = 0x811C9DC5;
    static final int FNV_PRIME = 0x01000193;

    private static final byte WORD_CHAR = 1;
    private static final byte DOLLAR = 2;
    private static final byte[] CLASS = new byte[256];
    private static final byte[] CLASSIC_CLASS;

    static {
        for (int c = 0; c < 256; c++) {
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
                CLASS[c] = WORD_CHAR;
            }
        }
        CLASS['$'] = DOLLAR;
        CLASSIC_CLASS = CLASS.clone();
        CLASSIC_CLASS['.'] = WORD_CHAR;
        CLASSIC_CLASS['/'] = WORD_CHAR;
    }

    private final Diagnostic.Sink sink;
    private final MacroExpander macros;
    private final byte[] classes;
    private final boolean classic;
    private final boolean hasMacros;
    private @Nullable OpenFile current;
    private byte[] buffer = new byte[0];
    private int pos;
    private int end;
    /** The physical line of {@link #pos}. */
    private int line = 1;
    private String file = "";
    private int statementLine;
    private boolean inAssignment;
    private boolean inHelp;
    private int previous = Token.EOL;
    private int beforePrevious = Token.EOL;

    /** The word as a piece of the file when {@link #text} has not been made yet. */
    private int wordStart;
    private int wordEnd;
    private @Nullable String text;
    private byte[] scratch = new byte[4096];
    private int scratchLength;

    /**
     * A lexer without a file; macros are expanded by {@code macros}.
     *
     * @param dialect decides whether words may have dots and slashes, and texts {@code $NAME} or {@code $(NAME)}
     */
    public Lexer(MacroExpander macros, Diagnostic.Sink sink, Dialect dialect) {
        this.classic = dialect.isClassic();
        this.hasMacros = dialect.hasMacros();
        this.classes = classic ? CLASSIC_CLASS : CLASS;
        this.macros = macros;
        this.sink = sink;
    }

    /** A file that waits for the one that it sources. */
    private record OpenFile(@Nullable OpenFile parent, byte[] buffer, int pos, int end, int line, String file,
            int sourceLine) {
    }

    /** Starts reading the top file. */
    public void open(String name, byte[] content) {
        file = name;
        buffer = content;
        pos = 0;
        end = content.length;
        line = 1;
    }

    /** Goes on in {@code content}, and comes back here at its end. */
    public void push(String name, byte[] content) {
        current = new OpenFile(current, buffer, pos, end, line, file, statementLine);
        open(name, content);
    }

    /** The file being read, as it was named. */
    public String file() {
        return file;
    }

    /** The line that the current statement began in. */
    public int statementLine() {
        return statementLine;
    }

    /** The physical line of the last character read. */
    public int physicalLine() {
        return line;
    }

    /** Whether {@code name} is one of the files that are waiting for the one being read. */
    public boolean isOpen(String name) {
        for (OpenFile f = current; f != null; f = f.parent) {
            if (f.file.equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The number of files that are waiting. */
    public int openCount() {
        int n = 0;
        for (OpenFile f = current; f != null; f = f.parent) {
            n++;
        }
        return n;
    }

    /** The places that led here, innermost first, a line each. */
    public String inclusionPath() {
        StringBuilder out = new StringBuilder();
        for (OpenFile f = current; f != null; f = f.parent) {
            out.append("\n  included from: ").append(f.file).append(':').append(f.sourceLine);
        }
        return out.toString();
    }

    /** The text of the last word, quoted text, help text or assigned value. */
    public String text() {
        String t = text;
        if (t == null) {
            t = new String(buffer, wordStart, wordEnd - wordStart, StandardCharsets.ISO_8859_1);
            text = t;
        }
        return t;
    }

    /** The next token; empty lines are left out. */
    public int next() {
        while (true) {
            int token = scan();
            boolean fresh = previous == Token.EOL || previous == Token.HELP_TEXT;
            if (fresh) {
                if (token == Token.EOL) {
                    continue;
                }
                statementLine = line;
            }
            if (beforePrevious == Token.EOL && previous == Token.WORD && Token.isAssignment(token)) {
                inAssignment = true;
            }
            beforePrevious = previous;
            previous = token;
            return token;
        }
    }

    /** Makes the following lines, as far as they are indented, one help text. */
    public void beginHelp() {
        inHelp = true;
    }

    private int scan() {
        if (inHelp) {
            inHelp = false;
            return scanHelp();
        }
        if (inAssignment) {
            return scanAssigned();
        }
        while (pos < end) {
            int c = buffer[pos] & 0xff;
            if (classes[c] != 0) {
                int token = scanWord();
                if (token >= 0) {
                    return token;
                }
                continue;
            }
            pos++;
            switch (c) {
                case ' ', '\t':
                    break;
                case '\n':
                    line++;
                    return Token.EOL;
                case '#':
                    while (pos < end && buffer[pos] != '\n') {
                        pos++;
                    }
                    break;
                case '"', '\'':
                    return scanQuoted(c);
                case '(':
                    return Token.OPEN;
                case ')':
                    return Token.CLOSE;
                case '=':
                    return Token.EQUAL;
                case '!':
                    return follows('=') ? Token.UNEQUAL : Token.NOT;
                case '<':
                    return follows('=') ? Token.LESS_EQUAL : Token.LESS;
                case '>':
                    return follows('=') ? Token.GREATER_EQUAL : Token.GREATER;
                case '|':
                    if (follows('|')) {
                        return Token.OR;
                    }
                    unsupported(c);
                    break;
                case '&':
                    if (follows('&')) {
                        return Token.AND;
                    }
                    unsupported(c);
                    break;
                case ':':
                    if (follows('=')) {
                        return Token.ASSIGN_SIMPLE;
                    }
                    unsupported(c);
                    break;
                case '+':
                    if (follows('=')) {
                        return Token.ASSIGN_APPEND;
                    }
                    unsupported(c);
                    break;
                case '\\':
                    if (follows('\n')) {
                        line++;
                        break;
                    }
                    unsupported(c);
                    break;
                default:
                    unsupported(c);
            }
        }
        return endOfFile();
    }

    private boolean follows(char c) {
        if (pos < end && buffer[pos] == c) {
            pos++;
            return true;
        }
        return false;
    }

    private void unsupported(int c) {
        sink.report(Diagnostic.warning(file, line, "ignoring unsupported character '" + (char) c + "'"));
    }

    private int endOfFile() {
        inAssignment = false;
        if (previous != Token.EOL && previous != Token.HELP_TEXT) {
            sink.report(Diagnostic.warning(file, line, "no new line at end of file"));
        }
        OpenFile back = current;
        if (back == null) {
            return Token.END;
        }
        buffer = back.buffer;
        pos = back.pos;
        end = back.end;
        line = back.line;
        file = back.file;
        current = back.parent;
        return Token.EOL;
    }

    /** A word or keyword; -1 when a macro expanded to nothing. */
    private int scanWord() {
        int start = pos;
        int h = FNV_OFFSET;
        int p = pos;
        byte kind = WORD_CHAR;
        while (p < end) {
            byte b = buffer[p];
            kind = classes[b & 0xff];
            if (kind != WORD_CHAR) {
                break;
            }
            h = (h ^ b) * FNV_PRIME;
            p++;
        }
        if (p < end && kind == DOLLAR) {
            return expandWord(start);
        }
        pos = p;
        int token = Keywords.token(buffer, start, p, h);
        if (token == Token.WORD) {
            wordStart = start;
            wordEnd = p;
            text = null;
        }
        return token;
    }

    private int expandWord(int start) {
        int stop = start;
        while (stop < end && buffer[stop] != '\n') {
            stop++;
        }
        String rest = new String(buffer, start, stop - start, StandardCharsets.ISO_8859_1);
        String word = macros.expandWord(rest, file, line);
        pos = start + macros.consumed();
        if (word.isEmpty()) {
            return -1;
        }
        text = word;
        return Token.WORD;
    }

    private void append(int c) {
        if (scratchLength == scratch.length) {
            scratch = Arrays.copyOf(scratch, scratch.length * 2);
        }
        scratch[scratchLength++] = (byte) c;
    }

    private void append(int from, int to) {
        int n = to - from;
        if (scratchLength + n > scratch.length) {
            scratch = Arrays.copyOf(scratch, Math.max(scratch.length * 2, scratchLength + n));
        }
        System.arraycopy(buffer, from, scratch, scratchLength, n);
        scratchLength += n;
    }

    private void takeScratch() {
        text = new String(scratch, 0, scratchLength, StandardCharsets.ISO_8859_1);
    }

    private int scanQuoted(int quote) {
        scratchLength = 0;
        while (true) {
            int from = pos;
            while (pos < end) {
                byte b = buffer[pos];
                if (b == quote || b == '\\' || b == '$' || b == '\n') {
                    break;
                }
                pos++;
            }
            append(from, pos);
            if (pos == end) {
                break;
            }
            int c = buffer[pos];
            if (c == quote) {
                pos++;
                break;
            }
            if (c == '\n') {
                sink.report(Diagnostic.warning(file, statementLine, "multi-line strings not supported"));
                break;
            }
            pos++;
            if (c == '\\') {
                if (pos < end && buffer[pos] != '\n') {
                    append(buffer[pos++]);
                }
            } else {
                expandInText();
            }
        }
        takeScratch();
        return Token.QUOTED;
    }

    private void expandInText() {
        if (!hasMacros || pos >= end || buffer[pos] != '(') {
            if (!classic || !expandName()) {
                append('$');
            }
            return;
        }
        int stop = pos;
        while (stop < end && buffer[stop] != '\n') {
            stop++;
        }
        String rest = new String(buffer, pos, stop - pos, StandardCharsets.ISO_8859_1);
        String value = macros.expandReference(rest, file, line);
        pos += macros.consumed();
        for (int i = 0; i < value.length(); i++) {
            append(value.charAt(i));
        }
    }

    /** Expands {@code $NAME} or <code>${NAME}</code>; false when no name follows. */
    private boolean expandName() {
        boolean braces = pos < end && buffer[pos] == '{';
        int start = braces ? pos + 1 : pos;
        int p = start;
        while (p < end && CLASS[buffer[p] & 0xff] == WORD_CHAR && buffer[p] != '-') {
            p++;
        }
        boolean letter = p > start && (buffer[start] < '0' || buffer[start] > '9');
        if (!letter || braces && (p == end || buffer[p] != '}')) {
            return false;
        }
        String name = new String(buffer, start, p - start, StandardCharsets.ISO_8859_1);
        String value = macros.valueOf(name, file, line);
        pos = braces ? p + 1 : p;
        for (int i = 0; i < value.length(); i++) {
            append(value.charAt(i));
        }
        return true;
    }

    private int scanAssigned() {
        while (pos < end && (buffer[pos] == ' ' || buffer[pos] == '\t')) {
            pos++;
        }
        if (pos == end) {
            return endOfFile();
        }
        if (buffer[pos] == '\n') {
            pos++;
            line++;
            inAssignment = false;
            return Token.EOL;
        }
        wordStart = pos;
        while (pos < end && buffer[pos] != '\n') {
            pos++;
        }
        wordEnd = pos;
        text = null;
        return Token.ASSIGNED;
    }

    private int scanHelp() {
        scratchLength = 0;
        int firstIndent = 0;
        int lastIndent = 0;
        while (pos < end) {
            // At a place where blanks, a text or an end of line may follow.
            int p = pos;
            int indent = 0;
            while (p < end && (buffer[p] == ' ' || buffer[p] == '\t')) {
                indent = buffer[p] == '\t' ? (indent & ~7) + 8 : indent + 1;
                p++;
            }
            if (p < end && buffer[p] == '\n') {
                line++;
                pos = p + 1;
                if (pos < end && buffer[pos] != ' ' && buffer[pos] != '\t' && buffer[pos] != '\n') {
                    break;
                }
                append('\n');
                continue;
            }
            if (p > pos) {
                pos = p;
                lastIndent = indent;
                if (firstIndent > 0) {
                    if (indent < firstIndent) {
                        break;
                    }
                    for (int i = firstIndent; i < indent; i++) {
                        append(' ');
                    }
                }
                continue;
            }
            int stop = p;
            while (stop < end && buffer[stop] != '\n') {
                stop++;
            }
            int last = stop;
            while (last > p && (buffer[last - 1] == ' ' || buffer[last - 1] == '\t')) {
                last--;
            }
            append(p, last);
            pos = stop;
            if (firstIndent == 0) {
                firstIndent = lastIndent;
            }
        }
        takeScratch();
        return Token.HELP_TEXT;
    }
}
