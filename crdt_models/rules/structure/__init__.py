"""What an event is made of and what its clock says."""
