/** The RISC-V backend. */
@NullMarked
package org.mmkit.arch.riscv64;

import org.jspecify.annotations.NullMarked;
