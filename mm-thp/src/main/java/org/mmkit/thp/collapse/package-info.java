/** khugepaged and MADV_COLLAPSE: small pages become huge ones. */
@NullMarked
package org.mmkit.thp.collapse;

import org.jspecify.annotations.NullMarked;
