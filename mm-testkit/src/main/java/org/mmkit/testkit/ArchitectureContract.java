package org.mmkit.testkit;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.config.Configuration;

/**
 * What the engine relies on in an {@link Architecture}. A backend's whole test is one method:
 *
 * <pre>{@code
 * class MyArchitectureTest extends ArchitectureContract {
 *     protected Architecture architecture() {
 *         return new MyArchitecture();
 *     }
 * }
 * }</pre>
 *
 * <p>Random tests print their seed in each failure.
 */
public abstract class ArchitectureContract {

    /** For subclasses. */
    protected ArchitectureContract() {}

    /** The backend under test. */
    protected abstract Architecture architecture();

    /** The configurations to test it under: all that change its layout. */
    protected List<Configuration> configurations() {
        return List.of(FixedConfiguration.of(architecture().configSymbol()));
    }

    /** Whether the backend has {@code behavior}; overridden by one that lacks something. */
    protected boolean has(ArchitectureBehavior behavior) {
        return true;
    }

    private BackendUnderTest subject() {
        return new BackendUnderTest(architecture(), configurations(), this::has);
    }

    @Test
    void A02_the_name_is_stable_and_the_Kconfig_file_defines_the_symbol() throws IOException {
        new PlatformChecks(subject()).nameAndKconfig();
    }

    @Test
    void A03_addresses_of_user_space_and_of_the_direct_map_are_translated() {
        new PlatformChecks(subject()).addresses();
    }

    @Test
    void A02_the_firmware_map_ascends_and_holds_about_the_memory_asked_for() {
        new PlatformChecks(subject()).firmwareMap();
    }

    @Test
    void A02_the_address_space_is_plausible() {
        new PlatformChecks(subject()).addressSpace();
    }

    @Test
    void A02_translation_caches_can_be_built() {
        new PlatformChecks(subject()).translationCaches();
    }

    @Test
    void A03_the_empty_entry_is_nothing_else() {
        new LeafChecks(subject()).empty();
    }

    @Test
    void A03_a_leaf_of_each_level_gives_back_its_frame_and_permissions() {
        new LeafChecks(subject()).framesAndPermissions();
    }

    @Test
    void A03_changes_of_one_property_leave_the_others_alone() {
        new LeafChecks(subject()).properties();
    }

    @Test
    void A03_a_special_leaf_stays_special() {
        new LeafChecks(subject()).special();
    }

    @Test
    void A03_a_leaf_without_permission_keeps_its_frame_and_is_not_writable() {
        new LeafChecks(subject()).withoutPermission();
    }

    @Test
    void A03_leaves_above_level_1_exist_as_declared() {
        new LeafChecks(subject()).hugeLeavesAsDeclared();
    }

    @Test
    void A03_the_children_of_a_huge_leaf_map_its_base_pages_with_the_same_bits() {
        new LeafChecks(subject()).children();
    }

    @Test
    void A03_an_entry_moves_on_by_frames_and_back() {
        new LeafChecks(subject()).advance();
    }

    @Test
    void A03_words_of_following_frames_grow_by_the_step_that_is_named() {
        new LeafChecks(subject()).frameSteps();
    }

    @Test
    void A03_an_entry_may_come_and_go_and_change_its_accessed_bit_in_one_step() {
        new LeafChecks(subject()).steps();
    }

    @Test
    void A03_runs_of_entries_exist_as_the_layout_says_and_come_apart_again() {
        new LeafChecks(subject()).runs();
    }

    @Test
    void A03_every_bit_of_an_entry_is_explained_once() {
        new HardwareChecks(subject()).explained();
    }

    @Test
    void A03_what_the_hardware_lets_through_is_what_the_permissions_say() {
        new HardwareChecks(subject()).access();
    }

    @Test
    void A03_masks_answer_as_the_format_itself_does() {
        new HardwareChecks(subject()).masks();
    }

    @Test
    void A03_software_entries_give_back_what_went_in_and_are_never_mistaken_for_each_other() {
        new SoftwareEntryChecks(subject()).all();
    }

    @Test
    void A03_a_table_entry_is_present_no_leaf_and_gives_back_its_frame() {
        new TableChecks(subject()).tableEntries();
    }

    @Test
    void A03_the_hardware_would_walk_the_tables_that_the_engine_builds() throws Exception {
        new TableChecks(subject()).exactRanges();
    }

    @Test
    void A03_a_large_folio_is_mapped_by_runs_where_the_kernel_makes_such() throws Exception {
        new TableChecks(subject()).folioRuns();
    }

    @Test
    void A03_random_mappings_translate_as_a_plain_map_says_and_all_tables_come_back() throws Exception {
        new TableChecks(subject()).randomMappings();
    }
}
