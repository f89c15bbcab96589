/**
 * Page tables of other machines: images of their memory, walks for one address, lists of all mappings.
 *
 * <pre>
 *   raw file, ELF core ─ MemoryImage ─┐
 *   tables of the model ─ ModelWords ─┴─► PhysicalWords ─┬─► TableWalk  (one address, every step kept)
 *                                                        └─► TableScan  (every mapping, neighbours joined)
 * </pre>
 */
@NullMarked
package org.mmkit.core.dump;

import org.jspecify.annotations.NullMarked;
