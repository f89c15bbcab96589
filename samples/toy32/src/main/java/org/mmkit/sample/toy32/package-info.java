/** An architecture with two levels of page tables: its constants and the codec of its entries. */
@NullMarked
package org.mmkit.sample.toy32;

import org.jspecify.annotations.NullMarked;
