package org.mmkit.hugetlb.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mmkit.api.Errno;

class SubpoolTest {

    @Test
    void the_minimum_is_used_before_the_pool_is_asked() {
        Subpool share = new Subpool(Subpool.NONE, 3);

        assertThat(share.take(2)).isZero();
        assertThat(share.take(2)).isEqualTo(1);
        assertThat(share.take(1)).isEqualTo(1);
    }

    @Test
    void what_comes_back_fills_the_minimum_first() {
        Subpool share = new Subpool(Subpool.NONE, 3);
        share.take(5);

        assertThat(share.giveBack(2)).isZero();
        assertThat(share.giveBack(2)).isEqualTo(1);
        assertThat(share.giveBack(1)).isEqualTo(1);
        assertThat(share.take(3)).isZero();
    }

    @Test
    void the_maximum_refuses_and_changes_nothing() {
        Subpool share = new Subpool(4, Subpool.NONE);

        assertThat(share.take(3)).isEqualTo(3);
        assertThat(share.take(2)).isEqualTo(-Errno.ENOMEM);
        assertThat(share.free()).isEqualTo(1);
        assertThat(share.giveBack(3)).isEqualTo(3);
        assertThat(share.free()).isEqualTo(4);
    }
}
