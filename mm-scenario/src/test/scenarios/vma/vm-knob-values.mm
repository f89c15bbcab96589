# Numbers that files of /proc/sys/vm take.
echo 3 > /proc/sys/vm/overcommit_memory
echo -1 > /proc/sys/vm/overcommit_memory
cat /proc/sys/vm/overcommit_memory
echo 31 > /proc/sys/vm/page-cluster
cat /proc/sys/vm/page-cluster
echo 32 > /proc/sys/vm/page-cluster
echo -1 > /proc/sys/vm/page-cluster
echo 0 > /proc/sys/vm/page-cluster
echo 0 > /proc/sys/vm/drop_caches
echo 8 > /proc/sys/vm/drop_caches
echo x > /proc/sys/vm/drop_caches
echo 2 > /proc/sys/vm/drop_caches
cat /proc/sys/vm/drop_caches
echo 4 > /proc/sys/vm/drop_caches
echo 1 > /proc/sys/vm/drop_caches
echo 3 > /proc/sys/vm/drop_caches
echo -1 > /proc/sys/vm/max_map_count
echo x > /proc/sys/vm/max_map_count
echo 65530 > /proc/sys/vm/max_map_count
cat /proc/sys/vm/max_map_count
echo " 65530 " > /proc/sys/vm/max_map_count
echo 65530 12 > /proc/sys/vm/max_map_count
cat /proc/sys/vm/max_map_count
echo 0x1 > /proc/sys/vm/hugetlb_shm_group
cat /proc/sys/vm/hugetlb_shm_group
echo -1 > /proc/sys/vm/hugetlb_shm_group
