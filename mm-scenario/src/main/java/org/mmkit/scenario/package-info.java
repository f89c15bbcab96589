/** The scenario language: parse, run, record, compare. */
@NullMarked
package org.mmkit.scenario;

import org.jspecify.annotations.NullMarked;
