# parent and child own one block each and share others
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 8M, 4K, 5)
child {
  store(a, 2M, 4K, 6)
  parent {
    store(a+2M, 2M, 4K, 7)
  }
  echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
  madvise(a, 8M, MADV_HUGEPAGE)
  khugepaged(2)
  smaps(a, 8M)
  pagemap(a, 8M)
  parent {
    smaps(a, 8M)
    pagemap(a, 8M)
    madvise(a, 8M, MADV_HUGEPAGE)
  }
  khugepaged(2)
  smaps(a, 8M)
  pagemap(a, 8M)
  parent {
    smaps(a, 8M)
    pagemap(a, 8M)
  }
  vmstat()
}
khugepaged(2)
smaps(a, 8M)
pagemap(a, 8M)
vmstat()
