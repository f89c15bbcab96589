/**
 * The page cache: which folio holds which page of a file, and which areas map the file.
 *
 * <p>{@link org.mmkit.core.pagecache.PageCache} ties {@link org.mmkit.core.pagecache.PageTree} (pages by index) and {@link
 * org.mmkit.core.pagecache.AreaSet} (areas) to the counters. Kinds of files extend it.
 */
@NullMarked
package org.mmkit.core.pagecache;

import org.jspecify.annotations.NullMarked;
