/** The interfaces and value types shared by the engine and its plugins. */
@NullMarked
package org.mmkit.api;

import org.jspecify.annotations.NullMarked;
