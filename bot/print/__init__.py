"""What is printed on paper: posters and pocket cards, as PDF."""
