# what the files take
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 3 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
cat /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages_mempolicy
cat /sys/kernel/mm/hugepages/hugepages-2048kB/demote
cat /sys/kernel/mm/hugepages/hugepages-2048kB/demote_size
cat /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_overcommit_hugepages
echo 1 > /sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages
echo 1 > /sys/kernel/mm/hugepages/hugepages-2048kB/surplus_hugepages
echo 0x5 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
echo 010 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
echo 5 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages_mempolicy
hugetlb(2M)
echo 2 > /proc/sys/vm/nr_hugepages_mempolicy
hugetlb(2M)
echo x > /proc/sys/vm/nr_hugepages
echo -1 > /proc/sys/vm/nr_hugepages
echo "" > /proc/sys/vm/nr_hugepages
echo 3 4 > /proc/sys/vm/nr_hugepages
hugetlb(2M)
echo 5x > /proc/sys/vm/nr_hugepages
hugetlb(2M)
echo x > /proc/sys/vm/nr_overcommit_hugepages
echo -1 > /proc/sys/vm/nr_overcommit_hugepages
cat /proc/sys/vm/hugetlb_shm_group
echo 5 > /proc/sys/vm/hugetlb_shm_group
cat /proc/sys/vm/hugetlb_shm_group
echo -2 > /proc/sys/vm/hugetlb_shm_group
echo 18446744073709551615 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
cat /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 18446744073709551616 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 1K > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
echo 3 > /sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages
cat /sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages
cat /sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages
cat /sys/devices/system/node/node0/hugepages/hugepages-2048kB/surplus_hugepages
cat /sys/devices/system/node/node0/hugepages/hugepages-2048kB/resv_hugepages
echo 1 > /sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages
hugetlb(2M)
