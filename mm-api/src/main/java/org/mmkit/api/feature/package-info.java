/** The feature service and the extension points at which a feature registers what it brings. */
@NullMarked
package org.mmkit.api.feature;

import org.jspecify.annotations.NullMarked;
