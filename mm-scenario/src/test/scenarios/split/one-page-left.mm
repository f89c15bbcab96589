# a write to the only page of a large folio that is still mapped, after a child has gone: copied; of two pages left: taken over
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 6M, MADV_HUGEPAGE)
store(a, 4M, 4K, 5)
munmap(a+4K, 2M-4K)
munmap(a+2M+8K, 2M-8K)
child {
  load(a)
}
store(a)
store(a+2M)
store(a+2M+4K)
smaps(a, 6M)
pagemap(a, 6M)
mthp(2048kB/nr_anon, 2048kB/nr_anon_partially_mapped, 2048kB/split, 64kB/nr_anon)
# without a child the page is exclusive and stays
b = mmap(0x100200000000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(b+4K, 1M, MADV_HUGEPAGE)
store(b+64K, 128K, 4K, 5)
munmap(b+68K, 60K)
madvise(b+132K, 60K, MADV_DONTNEED)
store(b+64K)
pagemap(b, 256K)
child {
  munmap(b+64K, 4K)
  parent {
    store(b+64K)
    pagemap(b, 256K)
  }
  store(b+128K)
  pagemap(b, 256K)
}
store(b+128K)
pagemap(b, 256K)
vmstat(thp_split_pmd)
