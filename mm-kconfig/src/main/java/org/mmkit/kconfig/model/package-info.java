/**
 * The parsed tree: symbols, properties, menu nodes and hash-consed expressions.
 *
 * <p>Everything here is immutable once a {@link KconfigTree} exists. Values are not part of the tree; they
 * belong to a configuration of it.
 */
@NullMarked
package org.mmkit.kconfig.model;

import org.jspecify.annotations.NullMarked;
