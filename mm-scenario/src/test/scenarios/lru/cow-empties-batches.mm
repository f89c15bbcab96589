# The first write after fork to a page that still waits to join the lists empties all batches: LazyFree of other pages shows it.
# A write to a page that is on its list empties none. (One fork after each MADV_FREE: the next would find pages of the runner's own in the batch.)
l = mmap(0x200000000000, 160K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
a = mmap(0x200000400000, 256K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
store(l, 160K)
store(a, 128K)
smaps(l, 160K)
child {
  smaps(l, 160K)
}
madvise(l, 80K, MADV_FREE)
child {
  smaps(l, 160K)
}
smaps(l, 160K)
store(a, 4K)
smaps(l, 160K)
madvise(l+80K, 80K, MADV_FREE)
store(a+128K, 4K)
child {
}
store(a+4K, 4K)
smaps(l, 160K)
store(a+128K, 4K)
smaps(l, 160K)
