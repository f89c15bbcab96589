/** Contract tests for backends, allocators and features. */
@NullMarked
package org.mmkit.testkit;

import org.jspecify.annotations.NullMarked;
