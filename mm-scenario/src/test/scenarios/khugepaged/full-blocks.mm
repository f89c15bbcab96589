# blocks already huge, partly unmapped or remapped by entries, with the limits at their least
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 0 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 0 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 0 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x100100000000, 10M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 10M, MADV_HUGEPAGE)
store(a, 10M, 4K, 5)
mprotect(a+2M, 4K, PROT_READ)
mprotect(a+2M, 4K, PROT_READ|PROT_WRITE)
madvise(a+4M, 4K, MADV_DONTNEED)
madvise(a+6M, 4K, MADV_DONTNEED)
store(a+6M)
child {
  store(a+8M)
  khugepaged(2)
  smaps(a, 10M)
  pagemap(a, 10M)
  parent {
    smaps(a, 10M)
    pagemap(a, 10M)
  }
}
khugepaged(2)
smaps(a, 10M)
pagemap(a, 10M)
vmstat()
mthp()
