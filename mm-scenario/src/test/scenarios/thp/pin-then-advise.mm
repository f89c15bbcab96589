# long-term pins against collapse, split, DONTNEED and fork
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 6M, 4K, 2)
pin(p, a+2M, 2M)
status()
child {
  smaps(a, 6M)
  pagemap(a, 6M)
}
store(a+2M+64K, 1, 4K, 3)
smaps(a, 6M)
pagemap(a, 6M)
munmap(a+3M, 4K)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 6M)
pagemap(a, 6M)
vmstat(thp_split_page, thp_split_pmd, thp_deferred_split_page)
unpin(p)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 6M)
pagemap(a, 6M)
status()
vmstat(thp_split_page, thp_split_pmd, thp_deferred_split_page)
