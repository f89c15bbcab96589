/** Samples: plugins, of which the numbered tests tell. */
@NullMarked
package org.mmkit.sample.tour;

import org.jspecify.annotations.NullMarked;
