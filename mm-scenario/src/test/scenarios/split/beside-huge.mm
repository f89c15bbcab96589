# A piece of a folio lies at its place in an area behind another huge page: where the folio would begin, the other one is mapped whole.
# It is split all the same when memory is asked for, in one process and when a child has the pieces too.
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 4K, 3)
mremap(a+3456K, 4096K, 4096K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+3456K)
mremap(a+7748K, 444K, 444K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+7272K)
pagemap(a, 32M)
echo 2 > /proc/sys/vm/drop_caches
smaps(a, 32M)
pagemap(a, 32M)
vmstat(thp_split_page, thp_split_page_failed, thp_deferred_split_page, thp_split_pmd)
b = mmap(0x100200000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(b, 8M, MADV_HUGEPAGE)
store(b, 8M, 4K, 3)
mremap(b+3456K, 4096K, 4096K, MREMAP_MAYMOVE|MREMAP_FIXED, b+16M+3456K)
mremap(b+7748K, 444K, 444K, MREMAP_MAYMOVE|MREMAP_FIXED, b+16M+7272K)
child {
  munmap(b+7552K, 40K)
  echo 2 > /proc/sys/vm/drop_caches
  pagemap(b, 32M)
  vmstat(thp_split_page, thp_split_page_failed, thp_deferred_split_page, thp_split_pmd)
}
echo 2 > /proc/sys/vm/drop_caches
smaps(b, 32M)
pagemap(b, 32M)
vmstat(thp_split_page, thp_split_page_failed, thp_deferred_split_page, thp_split_pmd)
