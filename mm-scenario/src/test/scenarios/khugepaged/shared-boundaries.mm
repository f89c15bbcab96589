# max_ptes_shared of 0 and 1
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 6M, 4K, 5)
child {
  parent {
    store(a, 2M, 4K, 6)
    store(a+2M+4K, 2M-4K, 4K, 6)
    store(a+4M+8K, 2M-8K, 4K, 6)
  }
  echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
  parent {
    madvise(a, 6M, MADV_HUGEPAGE)
    khugepaged(2)
    smaps(a, 6M)
    pagemap(a, 6M)
  }
  smaps(a, 6M)
  pagemap(a, 6M)
  parent {
    echo 0 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
    madvise(a, 2M, MADV_NOHUGEPAGE)
    madvise(a, 2M, MADV_HUGEPAGE)
    khugepaged(2)
    smaps(a, 6M)
    pagemap(a, 6M)
  }
}
khugepaged(2)
smaps(a, 6M)
pagemap(a, 6M)
vmstat()
