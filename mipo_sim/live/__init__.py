"""The trainers' page: two missions in one country, lived month by month in front of a class."""
