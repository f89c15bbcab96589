package org.mmkit.kconfig.conf;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import org.mmkit.kconfig.config.ConfigWriter;
import org.mmkit.kconfig.config.DotConfigReader;
import org.mmkit.kconfig.eval.Evaluator;
import org.mmkit.kconfig.eval.UserSettings;
import org.mmkit.kconfig.model.Diagnostic;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Symbol;

/**
 * Writes what the build reads: {@code auto.conf}, {@code autoconf.h}, {@code rustc_cfg}, {@code auto.conf.cmd}, and an
 * empty file for each symbol whose value differs from that of the last build.
 */
final class AutoConfiguration {

    private final Evaluator evaluator;
    private final KconfigTree tree;
    private final ConfFiles files;
    private final String prefix;
    private final Diagnostic.Sink sink;

    AutoConfiguration(Evaluator evaluator, ConfFiles files, String prefix, Diagnostic.Sink sink) {
        this.evaluator = evaluator;
        this.tree = evaluator.tree();
        this.files = files;
        this.prefix = prefix;
        this.sink = sink;
    }

    /**
     * Writes all files.
     *
     * @param always whether to write although an {@code auto.conf} is there
     */
    void write(boolean always) throws IOException {
        String name = files.autoConfName();
        if (!always && Files.exists(files.path(name))) {
            return;
        }
        ConfigWriter writer = new ConfigWriter(evaluator, prefix);
        files.replace(name + ".cmd", writer.commands(name));
        for (int i = 0; i < tree.bucketOrderLength(); i++) {
            evaluator.calculate(tree.inBucketOrder(i));
        }
        touchChanged(name);
        files.replace(files.headerName(), writer.header());
        files.replace(files.rustcName(), writer.rustc());
        // The last, since its presence says that the others are complete.
        files.replace(name, writer.autoConf());
    }

    private void touchChanged(String name) throws IOException {
        int slash = name.lastIndexOf('/');
        File directory = files.path(slash < 0 ? "" : name.substring(0, slash + 1)).toFile();
        UserSettings old = new UserSettings(tree);
        byte[] content = files.read(name);
        IOException[] failure = new IOException[1];
        if (content != null) {
            new DotConfigReader(tree, prefix, false, sink).readAuto(name, content, old, (symbol, value) -> {
                try {
                    touch(directory, symbol);
                } catch (IOException e) {
                    failure[0] = e;
                }
            });
        }
        if (failure[0] != null) {
            throw failure[0];
        }
        for (int i = 0; i < tree.bucketOrderLength(); i++) {
            Symbol s = tree.inBucketOrder(i);
            if (!s.isChoice() && differs(s, old)) {
                touch(directory, s.name());
            }
        }
    }

    private boolean differs(Symbol s, UserSettings old) {
        boolean had = old.isSet(s.id());
        if (!evaluator.isWritten(s)) {
            return had;
        }
        if (!had) {
            return !s.type().isLogical() || evaluator.level(s) != 0;
        }
        return s.type().isLogical() ? evaluator.level(s) != old.level(s.id())
                : !evaluator.value(s).equals(old.text(s.id()));
    }

    private static void touch(File directory, String name) throws IOException {
        new FileOutputStream(new File(directory, name)).close();
    }
}
