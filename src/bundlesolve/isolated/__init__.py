"""Work in processes of its own: started, watched, ended, and written down for good."""
