/// Which leaves go to which bucket: a counting sort, so hundreds of buckets cost no more than few.
pub(super) struct Assignment {
    /// Where in `leaves` a bucket's begin; one more than buckets.
    starts: Vec<u32>,
    /// Rows of leaves, by bucket, within one in wire order.
    leaves: Vec<u32>,
}

impl Assignment {
    /// Leaves whose bucket is not below `bucket_count` are left out.
    pub(super) fn new(buckets: &[u32], bucket_count: usize) -> Self {
        // Two places more than buckets: while leaves are placed, a bucket's next place is kept where its
        // end will stand, so that the table of ends needs no copy.
        let mut starts = vec![0_u32; bucket_count + 2];
        for &bucket in buckets {
            if (bucket as usize) < bucket_count {
                starts[bucket as usize + 2] += 1;
            }
        }
        for next in 2..starts.len() {
            starts[next] += starts[next - 1];
        }
        let placed = starts.last().map_or(0, |placed| *placed as usize);
        let mut leaves = vec![0_u32; placed];
        for (row, &bucket) in buckets.iter().enumerate() {
            if (bucket as usize) < bucket_count {
                let place = &mut starts[bucket as usize + 1];
                leaves[*place as usize] = row as u32;
                *place += 1;
            }
        }
        starts.truncate(bucket_count + 1);
        Self { starts, leaves }
    }

    /// The buckets that have leaves, in ascending order, with the rows of their leaves.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &[u32])> {
        self.starts.windows(2).enumerate().filter_map(|(bucket, ends)| {
            let leaves = &self.leaves[ends[0] as usize..ends[1] as usize];
            (!leaves.is_empty()).then_some((bucket as u32, leaves))
        })
    }

    /// The first bucket that has leaves.
    pub(super) fn first_bucket(&self) -> Option<u32> {
        self.iter().next().map(|(bucket, _)| bucket)
    }
}
