/**
 * Page tables: radix trees of real entries in frames of the model's own memory.
 *
 * <pre>
 *   PageTableArena (one per machine)                 RadixPageTables (one per address space)
 *     leaf words    | table 0 | table 1 | …            root ─► upper table ─► … ─► leaf table
 *     upper words   | table 0 | table 1 | …            last leaf table seen: address range ─► first slot
 *     upper children|  which table each entry leads to
 *     frame of each table, table of each frame
 * </pre>
 */
@NullMarked
package org.mmkit.core.pgtable;

import org.jspecify.annotations.NullMarked;
