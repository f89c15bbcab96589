# The part of an area below its first 2M boundary moves as a whole table if nothing else is mapped there, at neither place.
a = mmap(0x100100064000, 6M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 6M, 512K)
status()
mremap(a, 6M, 6M, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+64M)
status()
pagemap(a+64M, 6M)
# An area below the new place: entries move one by one.
b = mmap(a+128M-4K, 4K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
mremap(a+64M, 6M, 6M, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+128M)
status()
pagemap(a+128M, 6M)
# Not from the beginning of the area.
mremap(a+128M+64K, 4M, 4M, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+192M+64K)
status()
# Too short to reach the boundary.
mremap(a+192M+64K, 1M, 1M, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+256M+64K)
status()
smaps(a, 300M)
