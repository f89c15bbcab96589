# Words and numbers that the files of transparent_hugepage take.
echo "always " > /sys/kernel/mm/transparent_hugepage/enabled
echo " never" > /sys/kernel/mm/transparent_hugepage/enabled
echo Always > /sys/kernel/mm/transparent_hugepage/enabled
echo alwaysx > /sys/kernel/mm/transparent_hugepage/enabled
echo [always] > /sys/kernel/mm/transparent_hugepage/enabled
echo "" > /sys/kernel/mm/transparent_hugepage/enabled
echo defer > /sys/kernel/mm/transparent_hugepage/enabled
cat /sys/kernel/mm/transparent_hugepage/enabled
echo "defer+madvise" > /sys/kernel/mm/transparent_hugepage/defrag
echo "defer + madvise" > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/defrag
echo 1 > /sys/kernel/mm/transparent_hugepage/defrag
cat /sys/kernel/mm/transparent_hugepage/defrag
echo 2 > /sys/kernel/mm/transparent_hugepage/use_zero_page
cat /sys/kernel/mm/transparent_hugepage/use_zero_page
echo -1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
cat /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 0x0 > /sys/kernel/mm/transparent_hugepage/use_zero_page
cat /sys/kernel/mm/transparent_hugepage/use_zero_page
echo on > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 2 > /sys/kernel/mm/transparent_hugepage/shrink_underused
echo yes > /sys/kernel/mm/transparent_hugepage/shrink_underused
cat /sys/kernel/mm/transparent_hugepage/shrink_underused
echo 0 > /sys/kernel/mm/transparent_hugepage/shrink_underused
cat /sys/kernel/mm/transparent_hugepage/shrink_underused
echo n > /sys/kernel/mm/transparent_hugepage/shrink_underused
echo 1 > /sys/kernel/mm/transparent_hugepage/shrink_underused
echo 2 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
cat /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
echo 0 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
cat /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
echo 512 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo -1 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 0777 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
cat /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 0x10 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
cat /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo +7 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
cat /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 08 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 5 6 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 5k > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 0b11 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
cat /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 99999999999999999999 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4294967296 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
cat /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 0 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 4294967295 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
cat /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 4294967296 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 4294967296 > /sys/kernel/mm/transparent_hugepage/khugepaged/alloc_sleep_millisecs
echo 4294967295 > /sys/kernel/mm/transparent_hugepage/khugepaged/alloc_sleep_millisecs
cat /sys/kernel/mm/transparent_hugepage/khugepaged/alloc_sleep_millisecs
echo 7 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_collapsed
echo 7 > /sys/kernel/mm/transparent_hugepage/khugepaged/full_scans
echo 7 > /sys/kernel/mm/transparent_hugepage/hpage_pmd_size
cat /sys/kernel/mm/transparent_hugepage/hpage_pmd_size
echo deny > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
echo force > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
echo within_size > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
cat /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
echo "within size" > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-8kB/enabled
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-8kB/shmem_enabled
cat /sys/kernel/mm/transparent_hugepage/hugepages-8kB/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
cat /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/stats/split
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-4096kB/enabled
cat /sys/kernel/mm/transparent_hugepage/hugepages-4096kB/enabled
echo force > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo deny > /sys/kernel/mm/transparent_hugepage/shmem_enabled
cat /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo " within_size " > /sys/kernel/mm/transparent_hugepage/shmem_enabled
cat /sys/kernel/mm/transparent_hugepage/shmem_enabled
