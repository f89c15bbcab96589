/** What an architecture backend provides: page-table shape, entry codec, address-space layout. */
@NullMarked
package org.mmkit.api.arch;

import org.jspecify.annotations.NullMarked;
