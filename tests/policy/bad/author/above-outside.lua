local rows = above.rows
