/** Files: what an area may map, file-system types, pseudo-files. */
@NullMarked
package org.mmkit.api.file;

import org.jspecify.annotations.NullMarked;
