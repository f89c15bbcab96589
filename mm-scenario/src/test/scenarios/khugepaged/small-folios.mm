# 64K and 16K folios, whole and in parts, collapsed in the background
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 8M, MADV_HUGEPAGE)
store(a, 8M, 64K, 5)
madvise(a+2M, 64K, MADV_DONTNEED)
madvise(a+4M+16K, 16K, MADV_DONTNEED)
child {
  store(a+6M, 2M, 256K, 6)
  smaps(a, 8M)
  pagemap(a, 8M)
  echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
  parent {
    madvise(a, 8M, MADV_HUGEPAGE)
    khugepaged(2)
    smaps(a, 8M)
    pagemap(a, 8M)
    mthp()
  }
  smaps(a, 8M)
  pagemap(a, 8M)
}
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
mthp()
